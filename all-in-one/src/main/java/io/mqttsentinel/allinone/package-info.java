/**
 * The laptop: everything in one JVM. {@link io.mqttsentinel.allinone.AllInOne} starts, in this
 * order, a Kafka node, a schema registry, a demo Auth DB, a demo origin broker and one context with
 * all seven services, and stops them in the opposite order; the end-to-end tests and the benchmarks
 * use it as well.
 *
 * <p>On top of it lies the demo: a fleet of simulated devices subscribes over the network port, the
 * origin publishes alerts to its own broker, the bridge carries them in, and an attacker tries what
 * attackers try. Ledgers note what was sent and what came of it; {@link
 * io.mqttsentinel.allinone.DemoVerdict} judges by them whether every alert arrived at its device
 * and every attack got what it should.
 */
package io.mqttsentinel.allinone;
