/**
 * The verdict and what analysts see of it.
 *
 * <p>Reads {@code inspected.auth}, where the findings of all stages have come together, and decides
 * once: the strongest action wins. Allowed and flagged messages go to {@code messages.cleared},
 * quarantined ones wait in {@code messages.quarantined}, blocked ones end here. Whatever is not
 * plainly allowed becomes one event in {@code security.events}; what the edges refused ({@code
 * audit.auth}, {@code edge.events}) becomes an event there too, repeats of it being counted instead
 * of repeated. And it is the one that clears bans out of {@code auth.bans} when they are over.
 *
 * <p>Beside the topology each instance reads {@code security.events} and {@code verdict.stats}
 * whole, without a consumer group, so that every instance shows analysts everything: as JSON under
 * {@code /api/v1}, live under {@code /api/v1/stream}, and on the page at {@code /}.
 */
@Configuration
@Requires(property = "sentinel.services.event-aggregator", value = "true")
package io.mqttsentinel.aggregator;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
