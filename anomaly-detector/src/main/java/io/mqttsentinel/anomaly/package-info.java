/**
 * What is unusual about a message, about its client, and about all clients together.
 *
 * <p>Reads {@code inspected.pattern}, asks each {@link io.mqttsentinel.anomaly.Detector} and hands
 * every message on to {@code inspected.anomaly}. Some detectors look at the message alone (size,
 * bytes that look random) or at fixed limits; the others compare it with the {@link
 * io.mqttsentinel.anomaly.Profile} of its client, and while that is too young with the one of the
 * client's class. What the origin sends to a device is a profile apart from what the device says.
 *
 * <p>Some findings have no message that could carry them: a client that connects again and again
 * ({@code session.events}), a regular client that fell silent, a rise over all clients (also of
 * refusals, {@code audit.auth}). These become records of {@code security.events} here. Where a
 * detector's mode says so, a finding disconnects or bans its client, within limits.
 *
 * <p>Time is the time at which a message was accepted, never the time at which it came here: a
 * backlog is judged as it would have been at once. Only silence needs a clock.
 *
 * <p>Profiles are kept in memory for the clients that spoke last, and written to the store {@code
 * client-profiles} a second later. A crash forgets what was not written: that can delay a finding
 * and never makes one up. A message that is read again after a crash teaches nothing twice.
 *
 * <p>{@code docs/detection-anomalies.md} has the methods, the figures and the misses.
 */
@Configuration
@Requires(property = "sentinel.services.anomaly-detector", value = "true")
package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
