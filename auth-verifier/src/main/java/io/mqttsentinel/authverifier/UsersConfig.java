package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.List;

/**
 * When a user name that is meant for one device is used by several.
 *
 * @param watched whether user names are watched at all
 * @param networks (/24, /64) from which one user name is connected at once, reported as shared
 *     credentials
 * @param overlap how long it has to be connected so: longer than an edge takes to notice that a
 *     device which moved has left its old connection
 * @param clientIds different client ids within {@code window}; with more, a user name is taken for
 *     an account that many share, reported once, and not watched for shared credentials
 * @param window in which client ids are counted, within which nothing is reported twice, and after
 *     which a user name without connections is forgotten
 * @param sharedByDesign user names that many devices are meant to use: not watched
 */
@ConfigurationProperties("sentinel.auth-verifier.users")
public record UsersConfig(
    @Bindable(defaultValue = "true") boolean watched,
    @Bindable(defaultValue = "2") int networks,
    @Bindable(defaultValue = "3m") Duration overlap,
    @Bindable(defaultValue = "10") int clientIds,
    @Bindable(defaultValue = "24h") Duration window,
    @Bindable(defaultValue = "") List<String> sharedByDesign) {

  private static final String PREFIX = "sentinel.auth-verifier.users.";
  private static final int MOST_CLIENT_IDS = 100;

  public UsersConfig {
    ConfigCheck.between(PREFIX + "client-ids", clientIds, 1, MOST_CLIENT_IDS);
    ConfigCheck.between(PREFIX + "networks", networks, 2, Math.max(2, clientIds));
    ConfigCheck.require(
        !overlap.isNegative(), PREFIX + "overlap", overlap, "a duration such as 3m, or 0s");
    ConfigCheck.positive(PREFIX + "window", window);
    sharedByDesign =
        sharedByDesign == null
            ? List.of()
            : sharedByDesign.stream().filter(name -> !name.isBlank()).toList();
  }

  /** Whether the user name is expected to be one device. */
  boolean concerns(String username) {
    return watched && username != null && !username.isEmpty() && !sharedByDesign.contains(username);
  }
}
