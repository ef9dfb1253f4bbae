export { createResourceServer, type ResourceServer, type ResourceServerDeps } from './app.js';
export { checkResourceServerOptions, type ResourceServerOptions } from './config.js';
export type { PostForm } from './form-post.js';
