/**
 * Makes names for epochs, none of them twice, nor one that an earlier process made: clients keep what they have for an
 * issuer for months.
 *
 * @returns a function from the time, in seconds, to a segment of a URL, as `20261123-222507`
 */
export function createEpochNames(): (now: number) => string {
  let last = '';
  let count = 1;
  return (now) => {
    const name = new Date(now * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
    count = name === last ? count + 1 : 1;
    last = name;
    return count === 1 ? name : `${name}-${count}`;
  };
}
