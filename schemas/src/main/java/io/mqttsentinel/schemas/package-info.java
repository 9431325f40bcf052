/**
 * What flows between the services: the Avro records (generated from {@code src/main/avro}), the
 * catalogue of topics with their keys, placement and retention, and the serdes that speak
 * Confluent's wire format against any registry with Confluent's REST API. No other module spells a
 * topic name.
 */
package io.mqttsentinel.schemas;
