/**
 * The owner of sessions and the router of messages, in one task for each partition.
 *
 * <p>In flow what the edges report of their connections ({@code session.events}, {@code
 * delivery.acks}) and what passed inspection ({@code messages.cleared}); out flows, for each edge,
 * what it is to do ({@code edge.downlink}). A client id and the topics of its own tree {@code
 * clients/{client id}/…} have the same partition number, so the task that routes an alert also owns
 * the session which gets it: {@link io.mqttsentinel.fanout.Router} calls {@link
 * io.mqttsentinel.fanout.Deliveries}. What belongs to another partition goes there through Kafka:
 * subscriptions by {@code subscription.changes}, messages by {@code session.deliveries}.
 *
 * <p>Everything is processed at least once, and after a crash the stores may know more than the
 * committed offsets do. Three rules make a replay harmless: an event of a session that was applied
 * before changes nothing, but what it sent is sent again ({@link io.mqttsentinel.fanout.Sessions});
 * a message that was queued before is not queued again ({@link io.mqttsentinel.fanout.Window}); and
 * what is in flight is sent again, with its old delivery ids, when a task first touches a session
 * ({@link io.mqttsentinel.fanout.Sending}). An edge does not write a delivery id that is not above
 * the highest it has written to this connection; it acknowledges it again if the client already
 * did. What may not be repeated, a message of QoS 2 and the end of a will, waits until Kafka has
 * what it follows from ({@link io.mqttsentinel.fanout.Commits}).
 *
 * <p>The router keeps the retained message of each of its topics ({@link
 * io.mqttsentinel.fanout.RetainedScans} sends them to new subscriptions). The owner of a session
 * has the wills of its connections ({@link io.mqttsentinel.fanout.Wills}), which go to {@code
 * mqtt.inbound}. Edges that die are noticed by the task that reads their heartbeats ({@link
 * io.mqttsentinel.fanout.EdgeWatch}), and told to all tasks through {@code edges.over}.
 */
@Configuration
@Requires(property = "sentinel.services.fanout-delivery", value = "true")
package io.mqttsentinel.fanout;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
