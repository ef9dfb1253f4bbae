export { createResourceServer, type ResourceServer, type ResourceServerDeps } from './app.js';
export type { ResourceServerOptions } from './config.js';
export type { PostForm } from './form-post.js';
