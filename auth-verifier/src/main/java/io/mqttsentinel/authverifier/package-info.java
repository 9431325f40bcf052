/**
 * Is this session still allowed to say this?
 *
 * <p>Reads {@code inspected.anomaly} and joins each message with the session that sent it, which it
 * knows from {@code session.events}: a session that nobody opened ({@code session_unknown}), one
 * that had ended ({@code session_closed}) or lost its client id to another ({@code
 * session_superseded}) when the message was accepted, a grant that had run out ({@code
 * grant_expired}), a topic outside the granted permissions ({@code topic_not_permitted}): each is a
 * finding that asks to block. Messages go on to {@code inspected.auth}, every one of them.
 *
 * <p>What was accepted from a session while it lived is legitimate, whatever happened since: times
 * of acceptance are compared, never times of arrival here, and with a grace, because the clocks of
 * two edges differ. What the origin says belongs to no session and is not checked; a will speaks
 * after its session's end and is checked against the permissions only.
 *
 * <p>The two topics have no common order. A message of an unknown session waits, and all later
 * messages of its client behind it, in a store that survives a restart, until the session becomes
 * known or the hold is over. The hold counts only while this task works, and does not end before
 * everything that {@code session.events} held meanwhile has been read: a slow broker must not turn
 * a device into an attacker.
 *
 * <p>The audit trail is read beside that, for what no message carries: logins after failures,
 * permissions that are probed, client ids and user names that several use, journeys that nobody
 * makes. {@code audit.auth} goes by client id, so logins are handed on to {@code auth.logins}, by
 * user name. Findings are events; where that is configured they also disconnect or ban, within
 * limits.
 *
 * <p>State, per client id: the newest session, and each older one until {@code retention} after its
 * end (24 hours; longer where a will may still fire). Retention must be longer than a message can
 * be under way, which the retention of the inspection topics bounds (6 hours). A session that is
 * open is never forgotten. Losing this state while sessions are open that {@code session.events} no
 * longer holds (it keeps a day) would make them unknown: keep the changelog topics.
 */
@Configuration
@Requires(property = "sentinel.services.auth-verifier", value = "true")
package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
