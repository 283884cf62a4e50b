/** Gives the file its types: `export default defineConfig({ … })` in a kindup.config.ts. */
export const defineConfig = (config) => config
