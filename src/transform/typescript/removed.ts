/** What is said of all that author's code could have elsewhere and has not in a transform, behind its name. */
export const IS_REMOVED = 'is not there in a transform';
