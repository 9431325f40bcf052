/**
 * What is unusual about a message and about the pace of its client.
 *
 * <p>Reads {@code inspected.pattern}, asks each {@link io.mqttsentinel.anomaly.Detector} and hands
 * every message on to {@code inspected.anomaly}:
 *
 * <ul>
 *   <li>{@code payload_oversized}: larger than devices send; waits for an analyst.
 *   <li>{@code payload_high_entropy}: bytes that look random, in the payload itself or behind
 *       base64 or hex. What counts as random depends on the length: 256 random bytes have an
 *       entropy of 7.18 bits a byte and not of 8. Compressed and media formats are known by their
 *       first bytes.
 *   <li>{@code publish_rate}: more than a hundred messages within a second, of one device, or of
 *       the origin to one device.
 * </ul>
 *
 * <p>What a client did lately is counted in memory, for the clients that spoke last, and written to
 * the store {@code client-activity} twice a second, and only for clients whose pace is worth
 * remembering (from a tenth of the limit up). So calm traffic costs not one write, however much of
 * it there is; a crash forgets half a second of a busy client's pace and the last second of a calm
 * one's. The count starts anew there, which can delay a finding and never makes one up.
 */
@Configuration
@Requires(property = "sentinel.services.anomaly-detector", value = "true")
package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
