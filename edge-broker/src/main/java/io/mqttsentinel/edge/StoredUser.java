package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.Permission;
import java.util.List;

/**
 * What the database says of a user.
 *
 * @param clientId the only client id that may use this account, or null
 * @param rules with their placeholders
 * @param flaw why the account cannot be used whoever knows its password, or null
 */
record StoredUser(
    @Nullable String passwordHash,
    @Nullable String salt,
    boolean superuser,
    @Nullable String clientId,
    List<Permission> rules,
    @Nullable String flaw) {

  @Override
  public String toString() {
    return "StoredUser[superuser=%s, clientId=%s, rules=%s]".formatted(superuser, clientId, rules);
  }
}
