/** Makes and models compare by this key: without case, and with one space where there are several. */
export function nameKey(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** "2021 Toyota Camry XLE", as people name a car. */
export function vehicleLabel(vehicle: {
  readonly year: number;
  readonly make: string;
  readonly model: string;
  readonly trim: string | null;
}): string {
  return [vehicle.year, vehicle.make, vehicle.model, vehicle.trim].filter((part) => part !== null).join(' ');
}

/** Orders names without case, by code units: the same on every machine. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
