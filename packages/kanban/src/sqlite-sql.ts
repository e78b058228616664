const IN_HANDS = 'id = ? AND fence = ? AND state = 1'
const CLAIMED = `state = 1, attempt = attempt + 1, fence = fence + 1, until = ?`
const AS_CLAIMED = 'id, attempt, fence, item, class, key, tenant, headers, created_at AS createdAt, errors, place'

type Statement =
  | 'begin'
  | 'commit'
  | 'readLine'
  | 'writeLine'
  | 'count'
  | 'addClass'
  | 'classes'
  | 'insert'
  | 'findKey'
  | 'findSettled'
  | 'settle'
  | 'forgetSettled'
  | 'forgetOldest'
  | 'claim'
  | 'claimOne'
  | 'oldest'
  | 'ack'
  | 'ackKeyed'
  | 'remove'
  | 'extend'
  | 'release'
  | 'retry'
  | 'due'
  | 'undelay'
  | 'giveBack'
  | 'expire'
  | 'nextAt'
  | 'moveTimes'
  | 'moveSettled'
  | 'insertDead'
  | 'listDead'
  | 'findDead'
  | 'removeDead'
  | 'dropOldestDead'
  | 'carryErrors'

/** Every statement that runs more than once. */
export const SQL: Readonly<Record<Statement, string>> = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  readLine: 'SELECT next, ready, delayed, leased, dead, clock_ms FROM line',
  writeLine: 'UPDATE line SET next = ?, ready = ?, delayed = ?, leased = ?, dead = ?, clock_ms = ?',
  count: `SELECT
    (SELECT count(*) FROM jobs WHERE state = 0) AS ready,
    (SELECT count(*) FROM jobs WHERE state = 1) AS leased,
    (SELECT count(*) FROM jobs WHERE state = 2) AS delayed,
    (SELECT count(*) FROM dead) AS dead,
    max((SELECT coalesce(max(id), 0) FROM jobs), (SELECT coalesce(max(id), 0) FROM dead)) AS next`,
  addClass: 'INSERT INTO classes VALUES (?) ON CONFLICT DO NOTHING',
  classes: 'SELECT name FROM classes ORDER BY name',

  insert: `INSERT INTO jobs (id, class, state, place, item, created_at, since, until, expires_at, key, tenant, headers, redrives)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  findKey: 'SELECT id FROM jobs WHERE key = ?',
  findSettled: 'SELECT 1 FROM settled WHERE key = ? AND until > ?',
  settle: 'INSERT INTO settled VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET until = excluded.until',
  forgetSettled: 'DELETE FROM settled WHERE until <= ?',
  forgetOldest: `DELETE FROM settled WHERE key IN
    (SELECT key FROM settled ORDER BY until LIMIT max(0, (SELECT count(*) FROM settled) - ?))`,

  claim: `UPDATE jobs SET ${CLAIMED} WHERE id IN
    (SELECT id FROM jobs WHERE state = 0 AND class = ? ORDER BY place LIMIT ?) RETURNING ${AS_CLAIMED}`,
  claimOne: `UPDATE jobs SET ${CLAIMED} WHERE id = ? AND state = 0 RETURNING ${AS_CLAIMED}`,
  oldest: 'SELECT id, since FROM jobs WHERE state = 0 AND class = ? ORDER BY place LIMIT ?',
  ack: `DELETE FROM jobs WHERE ${IN_HANDS}`,
  ackKeyed: `DELETE FROM jobs WHERE ${IN_HANDS} RETURNING key`,
  remove: `DELETE FROM jobs WHERE ${IN_HANDS} RETURNING *`,
  extend: `UPDATE jobs SET until = ? WHERE ${IN_HANDS}`,
  release: `UPDATE jobs SET state = 0, until = NULL, attempt = attempt - 1 WHERE ${IN_HANDS}`,
  retry: `UPDATE jobs SET state = ?1, place = ?2, since = ?3, until = ?4,
    errors = CASE
      WHEN ?5 IS NULL THEN errors
      WHEN json_array_length(coalesce(errors, '[]')) < ?6 THEN json_insert(coalesce(errors, '[]'), '$[#]', json(?5))
      ELSE json_remove(json_insert(errors, '$[#]', json(?5)), '$[0]')
    END
    WHERE id = ?7 AND fence = ?8 AND state = 1`,

  due: 'SELECT id, state, attempt, fence FROM jobs WHERE state > 0 AND until <= ? ORDER BY until, id',
  undelay: 'UPDATE jobs SET state = 0, place = ?, since = ?, until = NULL WHERE id = ?',
  giveBack: 'UPDATE jobs SET state = 0, until = NULL WHERE id = ?',
  expire: 'DELETE FROM jobs WHERE expires_at <= ? AND expires_at IS NOT NULL AND state <> 1 RETURNING state',
  nextAt: `SELECT
    (SELECT min(until) FROM jobs WHERE state > 0) AS until,
    (SELECT min(expires_at) FROM jobs WHERE expires_at IS NOT NULL AND state <> 1) AS expires`,
  moveTimes: 'UPDATE jobs SET since = since - ?, until = until - ?, expires_at = expires_at - ?',
  moveSettled: 'UPDATE settled SET until = until - ?',

  insertDead: `INSERT INTO dead (id, class, item, attempt, created_at, died_at, key, errors, redrives, tenant, headers)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  listDead: `SELECT id, item, class, attempt, key, tenant, headers, created_at AS createdAt, died_at AS diedAt, errors, redrives
    FROM dead WHERE id > ? ORDER BY id LIMIT ?`,
  findDead: 'SELECT * FROM dead WHERE id = ?',
  removeDead: 'DELETE FROM dead WHERE id = ?',
  dropOldestDead: 'DELETE FROM dead WHERE id = (SELECT min(id) FROM dead)',
  carryErrors: 'UPDATE jobs SET errors = ?, earlier = ? WHERE id = ?',
}
