package io.mqttsentinel.runtime;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The schema registry: any with Confluent's REST API.
 *
 * @param url where its REST API begins; for Apicurio with {@code /apis/ccompat/v7}
 * @param username for HTTP basic authentication, if any
 * @param password for HTTP basic authentication, if any
 * @param attempts how often a registry that does not answer is asked before the start fails
 */
@ConfigurationProperties("sentinel.registry")
public record RegistryConfig(
    @Bindable(defaultValue = "http://localhost:8081") String url,
    @Nullable String username,
    @Nullable String password,
    @Bindable(defaultValue = "8") int attempts) {

  public RegistryConfig {
    ConfigCheck.require(
        url.startsWith("http://") || url.startsWith("https://"),
        "sentinel.registry.url",
        url,
        "an http or https address");
    ConfigCheck.atLeast("sentinel.registry.attempts", attempts, 1);
    ConfigCheck.require(
        (username == null) == (password == null),
        "sentinel.registry.username",
        username,
        "a user name and a password, or neither");
  }

  HttpSchemaRegistry connect() {
    return new HttpSchemaRegistry(url, authorization(), attempts);
  }

  private String authorization() {
    if (username == null) {
      return null;
    }
    byte[] credentials = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  @Override
  public String toString() {
    return "RegistryConfig[url=%s, username=%s, attempts=%d]".formatted(url, username, attempts);
  }
}
