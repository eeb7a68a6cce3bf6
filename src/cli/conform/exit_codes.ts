/** The exit code if a rule has failed. */
export const FAILED = 1;
/** The exit code if the endpoint could not be judged. */
export const UNJUDGED = 2;
