import type { CryptoKey } from 'jose';
import type { Services } from '../services.js';
import type { SigningKeyRecord } from '../store/records.js';
import { NEVER } from '../store/store.js';
import type { KeySafe } from './key-safe.js';
import { type Jwk, newKeyPair, publicHalf } from './key-pair.js';
import { type KeyPeriod, keyPeriodAt } from './key-period.js';

/** How long, in seconds, a copy of the key set may be used at most. */
const KEY_SET_SECONDS = 300;

/** What signs a token, and what its header says of it. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly key: CryptoKey;
}

/** What is served to those who verify tokens. */
export interface PublishedKeys {
  readonly keys: readonly Jwk[];
  /** for so many seconds no token is signed with a key that is not among these */
  readonly seconds: number;
}

/** The keys that access tokens are signed with. They are made when they are first needed. */
export interface SigningKeys {
  /** The key that signs now. */
  current(): Promise<SigningKey>;
  /** The public halves of the key that signs now, the next one, and all that signed a token which still lives. */
  published(): Promise<PublishedKeys>;
  /**
   * Opens every key that is in the store, makes the one that signs now if there is none, and encrypts those anew that are
   * not encrypted with the first secret.
   *
   * @throws ConfigurationError if one cannot be opened
   */
  check(): Promise<void>;
}

type KeyServices = Pick<Services, 'config' | 'store' | 'clock' | 'emit'> & { readonly safe: KeySafe };

/**
 * Keeps the signing keys in the store, so that several processes with one store sign with the same ones. With rotation,
 * the clock alone decides which key signs. A key is published one whole period before it signs, and its record expires
 * when the last token that it can have signed has ended, also where the store outlives a change of the settings.
 */
export function createSigningKeys(services: KeyServices): SigningKeys {
  const { config, store, clock, emit, safe } = services;
  const beingMade = new Map<string, Promise<SigningKeyRecord>>();
  let lastUsed: SigningKey | undefined;

  async function keyOf(period: KeyPeriod): Promise<SigningKeyRecord> {
    const known = (await store.get('signing_key', period.id)) ?? (await newKeyOf(period));
    const { private_key } = known;
    const value = {
      ...lastingFor(known, period.until, config.accessTokenSeconds),
      private_key:
        typeof private_key !== 'string' && safe.locks ? await safe.lock(period.id, private_key) : private_key,
    };
    if (
      value.signs_until === known.signs_until &&
      value.token_seconds === known.token_seconds &&
      value.private_key === known.private_key
    )
      return known;
    // It was made when tokens lived less long, or keys were not encrypted, or has been given up meanwhile.
    const change = { expected: known, value, expires_at: lastTokenEnd(value) };
    return (await store.replace('signing_key', period.id, change)) ? value : keyOf(period);
  }

  /** Requests that come at once in one process wait for one key; between processes the store decides. */
  function newKeyOf(period: KeyPeriod): Promise<SigningKeyRecord> {
    const made = beingMade.get(period.id) ?? makeKey(services, period);
    beingMade.set(period.id, made);
    return made.finally(() => beingMade.delete(period.id));
  }

  /** @throws ConfigurationError if one cannot be opened */
  async function openAll(): Promise<void> {
    for (const { id, value: known } of await store.list('signing_key', {})) {
      const key = await safe.open(id, known.private_key);
      if (safe.isLockedAsNow(known.private_key)) continue;
      const value = { ...known, private_key: await safe.lock(id, key) };
      await store.replace('signing_key', id, { expected: known, value, expires_at: lastTokenEnd(value) });
    }
  }

  return {
    async current() {
      const period = keyPeriodAt(config, clock.now());
      const { kid, alg, private_key } = await keyOf(period);
      if (lastUsed?.kid === kid) return lastUsed;
      const key = await imported(await safe.open(period.id, private_key), { kid, alg });
      const previous = lastUsed?.kid;
      lastUsed = { kid, alg, key };
      // Another request may have been quicker.
      if (previous !== undefined && previous !== kid)
        emit({ kind: 'signing_key.rotated', kid, alg, previous });
      return lastUsed;
    },
    async published() {
      const period = keyPeriodAt(config, clock.now());
      const current = await keyOf(period);
      if (period.until < NEVER) await keyOf(keyPeriodAt(config, period.until));
      const others = (await store.list('signing_key', {})).filter(({ value }) => value.kid !== current.kid);
      await Promise.all(others.map((other) => giveUp(services, other)));
      return {
        keys: await Promise.all(
          [{ id: period.id, value: current }, ...others].map((each) => publishedForm(safe, each)),
        ),
        seconds: Math.min(KEY_SET_SECONDS, config.rotateKeysEverySeconds ?? KEY_SET_SECONDS),
      };
    },
    async check() {
      await openAll();
      await keyOf(keyPeriodAt(config, clock.now()));
      // A server that starts at the same time may have been quicker, and may have another secret.
      await openAll();
    },
  };
}

/** The record of a key that signs at least until then, tokens that live at least so long. */
function lastingFor(known: SigningKeyRecord, until: number, tokenSeconds: number): SigningKeyRecord {
  return {
    ...known,
    signs_until: Math.max(known.signs_until, until),
    token_seconds: Math.max(known.token_seconds, tokenSeconds),
  };
}

/** A key that is ready to sign with. */
async function imported(
  jwk: Jwk,
  { kid, alg }: Pick<SigningKeyRecord, 'kid' | 'alg'>,
): Promise<SigningKey['key']> {
  const { importJWK } = await import('jose');
  const key = await importJWK({ ...jwk }, alg);
  if (key instanceof Uint8Array) throw new Error(`signing key ${kid} is not a key pair`);
  return key;
}

/** Makes the key of a period, unless another process was quicker. */
async function makeKey(
  { config, store, emit, safe }: KeyServices,
  { id, from, until }: KeyPeriod,
): Promise<SigningKeyRecord> {
  const alg = config.signingAlg;
  const { kid, key } = await newKeyPair(alg);
  const record: SigningKeyRecord = {
    kid,
    alg,
    private_key: await safe.lock(id, key),
    signs_until: until,
    token_seconds: config.accessTokenSeconds,
  };
  if (await store.add('signing_key', id, record, lastTokenEnd(record))) {
    emit({
      kind: 'signing_key.created',
      kid: record.kid,
      alg,
      ...(until < NEVER && { signs_from: from, signs_until: until }),
    });
    return record;
  }
  const quicker = await store.get('signing_key', id);
  if (!quicker) throw new Error('the store neither takes nor gives a signing key');
  return quicker;
}

/**
 * Lets a key end that was to sign for ever, since another one signs now. A server that still signs with it, by settings
 * of before, takes it up again.
 */
async function giveUp(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  { id, value: expected }: { readonly id: string; readonly value: SigningKeyRecord },
): Promise<void> {
  if (expected.signs_until !== NEVER) return;
  const value = { ...expected, signs_until: clock.now() };
  await store.replace('signing_key', id, { expected, value, expires_at: lastTokenEnd(value) });
}

/** When the last token ends that a key can have signed, in seconds since the epoch. */
function lastTokenEnd({ signs_until, token_seconds }: SigningKeyRecord): number {
  return signs_until === NEVER ? NEVER : signs_until + token_seconds;
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 RFC 7517 §4} */
async function publishedForm(
  safe: KeySafe,
  { id, value: { kid, alg, private_key } }: { readonly id: string; readonly value: SigningKeyRecord },
): Promise<Jwk> {
  return { ...publicHalf(await safe.open(id, private_key)), use: 'sig', alg, kid };
}
