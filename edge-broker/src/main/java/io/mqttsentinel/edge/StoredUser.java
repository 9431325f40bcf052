package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.Permission;
import java.util.List;

/**
 * What the database says of a user.
 *
 * @param clientId the only client id that may use this account, or null
 * @param rules with their placeholders
 */
record StoredUser(
    String passwordHash,
    @Nullable String salt,
    boolean superuser,
    @Nullable String clientId,
    List<Permission> rules) {

  @Override
  public String toString() {
    return "StoredUser[superuser=%s, clientId=%s, rules=%s]".formatted(superuser, clientId, rules);
  }
}
