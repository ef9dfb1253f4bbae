import { ConfigurationError } from '../../../shared/configuration-error.js';
import type { Database, OpenDatabase, Row } from './database.js';

/** What `node:sqlite` has, as far as it is used here. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => Database;
}

/** Where SQLite may come from; each gives nothing where it is not to be had. */
export interface Drivers {
  node(): OpenDatabase | undefined;
  libsql(): Promise<OpenDatabase | undefined>;
}

/** Those of this machine. */
export const drivers: Drivers = { node: nodeSqlite, libsql };

/**
 * Finds a SQLite: that of Node, or else the package libsql where somebody installed it.
 *
 * @throws ConfigurationError that says how to get one
 */
export async function loadDriver({ node, libsql }: Drivers = drivers): Promise<OpenDatabase> {
  const open = node() ?? (await libsql());
  if (open) return open;
  throw new ConfigurationError(
    'store',
    `sqlite needs Node 22.13 or newer (this is ${process.versions.node}), or the package libsql beside mcp-oauth-demo:` +
      ' npm install libsql, or npx -p mcp-oauth-demo -p libsql mcp-oauth-demo …',
  );
}

function nodeSqlite(): OpenDatabase | undefined {
  const module = withoutItsWarning(() => process.getBuiltinModule('node:sqlite'));
  if (!isNodeSqlite(module)) return undefined;
  const { DatabaseSync } = module;
  return (path) => new DatabaseSync(path);
}

function isNodeSqlite(module: object | undefined): module is NodeSqlite {
  return module !== undefined && 'DatabaseSync' in module;
}

/** Node 22 warns, while it loads the module, that it may change; whoever runs this tool can do nothing about that. */
function withoutItsWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function libsql(): Promise<OpenDatabase | undefined> {
  const module = await import('libsql').catch(nothingIfMissing);
  if (!module) return undefined;
  const { default: Connection } = module;
  return (path) => {
    const connection = new Connection(path);
    return {
      exec: (sql) => void connection.exec(sql),
      prepare: (sql) => {
        const statement = connection.prepare(sql);
        return { all: (...values) => statement.all(...values).filter(isRow) };
      },
      close: () => void connection.close(),
    };
  };
}

function isRow(row: unknown): row is Row {
  return typeof row === 'object' && row !== null;
}

/** The package, or its part for this machine, is not installed; whatever else fails is its own. */
function nothingIfMissing(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
}
