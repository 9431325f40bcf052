/**
 * The customer's broker, the <em>origin</em>, read into the pipeline. The bridge is an MQTT 5
 * client with a persistent session: {@link io.mqttsentinel.bridge.OriginConnection} receives,
 * {@link io.mqttsentinel.bridge.Intake} puts each message into its envelope and hands it to {@link
 * io.mqttsentinel.bridge.Uplink}, and the origin gets its acknowledgement when Kafka has the
 * record. What cannot be a message of the pipeline goes to {@code dead.letters} with the reason.
 *
 * <p>Nothing is kept here: what is not acknowledged is the origin's to send again, so a bridge that
 * dies loses nothing and may deliver twice. While Kafka is away acknowledgements stop, and the
 * receive maximum bounds what the origin sends and what this process holds. {@link
 * io.mqttsentinel.bridge.Bridge} connects again and again; one bridge may be active for one client
 * id, and a second one is told from a failure by its reason code, session taken over.
 */
@Configuration
@Requires(property = "sentinel.services.ingest-bridge", value = "true")
package io.mqttsentinel.bridge;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
