/** What a tool gives that says itself that it failed: the model sees it as it is, marked as an error. */
export class ErrorOutput {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}
