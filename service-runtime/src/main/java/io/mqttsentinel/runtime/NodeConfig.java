package io.mqttsentinel.runtime;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * Where this process runs.
 *
 * @param region part of the name of the downlink topic: letters, digits, dot, dash, underscore
 * @param instance names this process in records, logs and metrics; a pod's name
 */
@ConfigurationProperties("sentinel.node")
public record NodeConfig(
    @Bindable(defaultValue = "local") String region,
    @Bindable(defaultValue = "node-0") String instance) {

  public NodeConfig {
    ConfigCheck.require(
        region.matches("[A-Za-z0-9._-]{1,60}"),
        "sentinel.node.region",
        region,
        "1 to 60 letters, digits, dots, dashes or underscores");
    ConfigCheck.notBlank("sentinel.node.instance", instance);
  }
}
