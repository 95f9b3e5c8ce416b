/**
 * A file that came with a multipart request: the value of the scalar Upload. All of it has arrived and lies on this
 * machine, for as long as its operation runs. Nothing that the client said of it is kept, neither its name nor its
 * type: what it is, its content says.
 */
export class Upload {
  constructor(
    readonly path: string,
    readonly sizeBytes: number,
  ) {}
}
