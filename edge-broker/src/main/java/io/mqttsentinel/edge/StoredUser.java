package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;

/**
 * What the database says of a user.
 *
 * @param clientId the only client id that may use this account, or null
 */
record StoredUser(
    @Nullable String passwordHash,
    @Nullable String salt,
    boolean superuser,
    @Nullable String clientId) {

  @Override
  public String toString() {
    return "StoredUser[superuser=%s, clientId=%s]".formatted(superuser, clientId);
  }
}
