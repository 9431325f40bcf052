/**
 * The edge: where MQTT clients connect.
 *
 * <p>Moquette listens, decodes, answers CONNECT and PINGREQ and watches the keep-alive. Everything
 * else is {@link io.mqttsentinel.edge.SentinelHandler}'s, which sits in front of Moquette in each
 * connection's pipeline ({@link io.mqttsentinel.edge.EdgePipeline}): no PUBLISH, SUBSCRIBE,
 * UNSUBSCRIBE, acknowledgement or DISCONNECT reaches Moquette, and each CONNECT it sees is clean,
 * without will, without password, under a client id made from the epoch. Before anything is
 * decoded, {@link io.mqttsentinel.edge.PacketCheck} refuses what Netty's decoder would let pass.
 *
 * <p>Before anything is asked stand {@link io.mqttsentinel.edge.Access} (sockets, bans) and {@link
 * io.mqttsentinel.edge.LimitFlow} (rates). {@link io.mqttsentinel.edge.Authentication} is the chain
 * of each listener and what is remembered of it; {@link io.mqttsentinel.edge.AccessReader} brings
 * bans and revocations from Kafka.
 *
 * <p>In flows: CONNECT is checked and authenticated, then announced as SessionOpen; its owner in
 * fanout-delivery answers on this edge's lane of the downlink, and CONNACK tells the client what it
 * said. PUBLISH is checked against the grant and goes to {@code mqtt.inbound}; PUBACK follows when
 * Kafka has it. With QoS 2 the owner of the session is told first (PublishReceived), so that the
 * next connection, at whatever edge, knows what is repeated; PUBREC follows, and PUBCOMP when the
 * owner was told of PUBREL. SUBSCRIBE is checked filter by filter and answered when the router
 * applied it.
 *
 * <p>Out flows what the downlink brings, within each client's window and with packet ids that
 * follow from the owner's delivery ids; what the client acknowledged goes back as DeliveryAck. A
 * PUBREC is recorded (DeliveryReceived) before PUBREL goes out. What an owner repeats after a crash
 * is not written again. Every decision is a record in {@code audit.auth}, every refusal one in
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
