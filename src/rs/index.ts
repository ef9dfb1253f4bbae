export { createResourceServer, type ResourceServer, type ResourceServerDeps } from './app.js';
export { checkResourceServerOptions } from './config/index.js';
export type { ResourceServerOptions, TrustedAuthorizationServer } from './config/options.js';
export type { PostForm } from './form-post.js';
