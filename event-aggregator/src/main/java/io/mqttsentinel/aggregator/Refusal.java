package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import java.time.Instant;
import java.util.Map;

/**
 * What an edge did not let through, before there was a message to inspect.
 *
 * @param eventId of the event that reports it
 * @param detail tells refusals of one type apart; may be empty
 * @param clientId empty where none was named
 * @param remoteAddress empty where it is not known
 * @param topic null where none is concerned
 */
record Refusal(
    String eventId,
    Instant at,
    String region,
    String edge,
    SecurityLayer layer,
    String type,
    String detail,
    String title,
    Severity severity,
    String clientId,
    String username,
    String remoteAddress,
    String topic,
    long epoch,
    Map<String, String> attributes) {}
