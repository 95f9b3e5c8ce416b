import { defineShape } from '../../../kernel/reads.js';
import { VehicleImage } from './vehicle-image.entity.js';

export const vehicleImageShape = defineShape<VehicleImage>({
  entity: VehicleImage,
  needs: {
    url: ['key'],
    thumbnailUrl: ['key'],
    isPrimary: ['position'],
    // The vehicle is joined to the images only where somebody asks for the text.
    alt: ['alt', 'position', 'vehicle.year', 'vehicle.make', 'vehicle.model', 'vehicle.trim'],
  },
});
