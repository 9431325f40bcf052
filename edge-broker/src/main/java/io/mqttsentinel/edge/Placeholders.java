package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Permission;
import java.util.List;
import java.util.Optional;

/** Fills a client's names into the rules of its account. */
final class Placeholders {

  private static final String CLIENT_ID = "${clientid}";
  private static final String USERNAME = "${username}";

  private Placeholders() {}

  /**
   * Empty where a name would change the meaning of a rule: one with a wildcard or a slash names
   * more than one level.
   */
  static Optional<List<Permission>> fill(List<Permission> rules, String clientId, String username) {
    for (Permission rule : rules) {
      boolean unusable =
          (rule.getTopicFilter().contains(CLIENT_ID) && !isOneLevel(clientId))
              || (rule.getTopicFilter().contains(USERNAME) && !isOneLevel(username));
      if (unusable) {
        return Optional.empty();
      }
    }
    return Optional.of(
        rules.stream()
            .map(
                rule ->
                    new Permission(
                        rule.getEffect(),
                        rule.getAction(),
                        rule.getTopicFilter()
                            .replace(CLIENT_ID, clientId)
                            .replace(USERNAME, username),
                        rule.getLiteral(),
                        rule.getQos(),
                        rule.getRetain()))
            .toList());
  }

  static boolean isOneLevel(String name) {
    return !name.isEmpty()
        && name.indexOf('+') < 0
        && name.indexOf('#') < 0
        && name.indexOf('/') < 0
        && name.chars().noneMatch(Character::isISOControl);
  }
}
