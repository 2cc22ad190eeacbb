import type { Timers } from "@p2pcrypt/bytes";

/** The promise's result, or `onTimeout`'s error once the time is over; what the promise does later is nobody's concern. */
export function within<Result>(
  promise: Promise<Result>,
  delayMs: number,
  timers: Timers,
  onTimeout: () => Error,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(delayMs, () => reject(onTimeout()));
    promise.then(
      (result) => {
        cancel();
        resolve(result);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
