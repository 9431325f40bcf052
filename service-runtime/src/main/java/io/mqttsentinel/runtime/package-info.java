/**
 * What all services share and no domain: how a service starts and stops, its connection to Kafka
 * and the registry, the settings of its topology, health, metrics and logs. A service contributes a
 * topology; {@link io.mqttsentinel.runtime.TopologyRunner} makes the topics, runs it and reports on
 * it.
 */
package io.mqttsentinel.runtime;
