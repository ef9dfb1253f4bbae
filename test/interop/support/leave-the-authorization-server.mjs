// Loaded before an example server of the MCP TypeScript SDK. The example starts an authorization server of its own on
// MCP_AUTH_PORT, with no way to leave that out: here it does not get the port, since ours has it. Its MCP server is kept
// on this machine. Nothing else is changed.
import { Server } from 'node:http';

const { listen } = Server.prototype;
Server.prototype.listen = function (port, onListening) {
  return String(port) === process.env.MCP_AUTH_PORT
    ? this
    : listen.call(this, port, '127.0.0.1', onListening);
};
