/**
 * The edge: where MQTT clients connect.
 *
 * <p>Moquette listens, decodes, answers CONNECT and PINGREQ and watches the keep-alive. Everything
 * else is {@link io.mqttsentinel.edge.SentinelHandler}'s, which sits in front of Moquette in each
 * connection's pipeline ({@link io.mqttsentinel.edge.EdgePipeline}): no PUBLISH, SUBSCRIBE,
 * UNSUBSCRIBE, acknowledgement or DISCONNECT reaches Moquette, and each CONNECT it sees is clean,
 * without will, without password, under a client id made from the epoch.
 *
 * <p>In flows: CONNECT is checked and authenticated, then announced as SessionOpen; its owner in
 * fanout-delivery answers on this edge's lane of the downlink, and CONNACK tells the client what it
 * said. PUBLISH is checked against the grant and goes to {@code mqtt.inbound}; PUBACK follows when
 * Kafka has it. SUBSCRIBE is checked filter by filter and answered when the router applied it.
 *
 * <p>Out flows what the downlink brings, within each client's window; what the client acknowledged
 * goes back as DeliveryAck. Every decision is a record in {@code audit.auth}, every refusal one in
 * {@code edge.events}.
 *
 * <p>All state of a connection is confined to its event loop. Kafka is only spoken to by the uplink
 * thread and the downlink thread, the database only by the authenticator's threads.
 */
@Configuration
@Requires(property = "sentinel.services.edge-broker", value = "true")
package io.mqttsentinel.edge;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
