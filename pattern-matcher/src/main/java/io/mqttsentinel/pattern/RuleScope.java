package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.TopicFilter;
import java.util.List;
import java.util.Set;

/**
 * Where a rule looks.
 *
 * @param paths for {@link InspectedField#JSON}
 * @param topics empty for all
 * @param tenants empty for all
 * @param contents kinds of payload; empty for all
 */
record RuleScope(
    Set<InspectedField> fields,
    List<JsonPath> paths,
    List<TopicFilter> topics,
    Set<String> tenants,
    Set<ContentKind> contents) {

  /** The client attribute, granted at authentication, that names the tenant of a client. */
  static final String TENANT_ATTRIBUTE = "tenant";

  /** The tenant of the publisher; empty for none. */
  static String tenant(InspectedMessage message) {
    return message.getAttributes() == null
        ? ""
        : message.getAttributes().getOrDefault(TENANT_ATTRIBUTE, "");
  }

  boolean includesTopic(String topic) {
    if (topics.isEmpty()) {
      return true;
    }
    for (TopicFilter filter : topics) {
      if (filter.matches(topic)) {
        return true;
      }
    }
    return false;
  }

  boolean includesTenant(InspectedMessage message) {
    return tenants.isEmpty() || tenants.contains(tenant(message));
  }

  boolean includesContent(byte[] payload) {
    return contents.isEmpty() || ContentKind.of(payload).stream().anyMatch(contents::contains);
  }

  /** Whether a readable text that was opened out of a payload is of the content asked for. */
  boolean includesText() {
    return contents.contains(ContentKind.TEXT);
  }
}
