// Loaded before an example server of the MCP TypeScript SDK, to keep on this machine what it serves to the whole network.
// The example starts an authorization server of its own on MCP_AUTH_PORT, with no way to leave that out: with
// LEAVE_AUTH_PORT it does not get the port, since ours has it. Nothing else is changed.
import { Server } from 'node:http';

const { listen } = Server.prototype;
Server.prototype.listen = function (port, onListening) {
  const isOurs = process.env.LEAVE_AUTH_PORT !== undefined && String(port) === process.env.MCP_AUTH_PORT;
  return isOurs ? this : listen.call(this, port, '127.0.0.1', onListening);
};
