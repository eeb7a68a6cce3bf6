/** A style sheet, which the build writes to a file of its own. */
declare module "*.css";
