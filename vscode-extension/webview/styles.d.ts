/** Styles are imported for esbuild, which makes a file of them. */
declare module "*.css";
