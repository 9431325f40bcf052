package io.mqttsentinel.edge;

/**
 * Why something is not done.
 *
 * @param reasonCode of MQTT 5
 * @param cause short stable word for metrics, events and audit
 */
record Refusal(int reasonCode, String cause) {}
