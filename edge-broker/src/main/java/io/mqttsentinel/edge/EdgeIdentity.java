package io.mqttsentinel.edge;

/** How this edge signs its records. {@code bootId} is new at each start. */
record EdgeIdentity(String region, String edge, int lane, long bootId) {}
