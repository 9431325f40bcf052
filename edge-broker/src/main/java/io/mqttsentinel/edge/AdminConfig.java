package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.runtime.ConfigCheck;

/**
 * The HTTP interface to bans and revocations.
 *
 * @param token that a request has to show ({@code Authorization: Bearer}), at least 16 characters;
 *     without it there is no such interface
 */
@ConfigurationProperties("sentinel.edge.admin")
record AdminConfig(@Nullable String token) {

  private static final int SHORTEST = 16;

  AdminConfig {
    ConfigCheck.require(
        token == null || token.length() >= SHORTEST,
        "sentinel.edge.admin.token",
        token == null ? "" : "of " + token.length() + " characters",
        "at least " + SHORTEST + " characters");
  }

  @Override
  public String toString() {
    return "AdminConfig[token=%s]".formatted(token == null ? "none" : "***");
  }
}
