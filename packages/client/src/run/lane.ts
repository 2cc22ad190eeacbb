/**
 * Runs jobs one after the other, in the order asked for. A job that throws rejects its own promise and the next one runs.
 * A job must not wait for another job of its own lane.
 */
export class Lane {
  #tail: Promise<void> = Promise.resolve();

  run<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(job);
    this.#tail = result.then(
      () => undefined,
      () => undefined, // the caller has the rejection; the lane only needs to know that the job is over
    );
    return result;
  }
}
