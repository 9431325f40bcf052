package io.mqttsentinel.schemas;

import static io.mqttsentinel.schemas.PermissionAction.ALL;
import static io.mqttsentinel.schemas.PermissionAction.PUBLISH;
import static io.mqttsentinel.schemas.PermissionAction.SUBSCRIBE;
import static io.mqttsentinel.schemas.PermissionEffect.ALLOW;
import static io.mqttsentinel.schemas.PermissionEffect.DENY;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PermissionsTest {

  @Test
  void emptyGrantPermitsNothing() {
    assertFalse(Permissions.of(List.of()).mayPublish("clients/a/x"));
    assertFalse(Permissions.none().maySubscribe(TopicFilter.of("clients/a/x")));
  }

  @Test
  void firstMatchDecides() {
    Permissions denyFirst =
        grant(rule(DENY, PUBLISH, "a/secret"), rule(ALLOW, ALL, "a/#"), rule(DENY, ALL, "#"));
    assertFalse(denyFirst.mayPublish("a/secret"));
    assertTrue(denyFirst.mayPublish("a/other"));
    assertTrue(denyFirst.maySubscribe(TopicFilter.of("a/secret")), "the denial is for PUBLISH");
    assertTrue(grant(rule(ALLOW, ALL, "a/#"), rule(DENY, ALL, "a/x")).mayPublish("a/x"));
  }

  @Test
  void actionsAreApart() {
    Permissions grant = grant(rule(ALLOW, SUBSCRIBE, "in/#"), rule(ALLOW, PUBLISH, "out/#"));
    assertFalse(grant.mayPublish("in/x"));
    assertTrue(grant.mayPublish("out/x"));
    assertTrue(grant.maySubscribe(TopicFilter.of("in/+")));
    assertFalse(grant.maySubscribe(TopicFilter.of("out/x")));
    assertFalse(grant(rule(ALLOW, PermissionAction.NONE, "#")).mayPublish("a"));
  }

  @Test
  void wildcardsDoNotReachDollarTopics() {
    assertFalse(grant(rule(ALLOW, ALL, "#")).mayPublish("$SYS/x"));
    assertFalse(grant(rule(ALLOW, ALL, "#")).maySubscribe(TopicFilter.of("$SYS/#")));
    assertTrue(grant(rule(ALLOW, ALL, "$SYS/#")).maySubscribe(TopicFilter.of("$SYS/#")));
  }

  @Test
  void deniedTopicInsideAWiderFilterDeniesTheFilter() {
    Permissions grant = grant(rule(DENY, SUBSCRIBE, "a/secret"), rule(ALLOW, SUBSCRIBE, "a/#"));
    assertFalse(grant.maySubscribe(TopicFilter.of("a/+")));
    assertTrue(grant.maySubscribe(TopicFilter.of("a/b/#")));
  }

  @Test
  void literalWildcardsMeanThemselves() {
    Permission all = new Permission(DENY, SUBSCRIBE, "#", true, List.of(), null);
    Permissions grant = grant(all, rule(ALLOW, SUBSCRIBE, "#"));
    assertFalse(grant.maySubscribe(TopicFilter.of("#")));
    assertTrue(grant.maySubscribe(TopicFilter.of("a/#")));
  }

  @Test
  void rulesMayBeForSomeQosOrForRetainedMessagesOnly() {
    Permissions noRetained =
        grant(new Permission(DENY, ALL, "a/#", false, List.of(), true), rule(ALLOW, ALL, "a/#"));
    assertFalse(noRetained.mayPublish("a/x", 1, true));
    assertTrue(noRetained.mayPublish("a/x", 1, false));
    Permissions atMostOnce = grant(new Permission(ALLOW, ALL, "a/#", false, List.of(0), null));
    assertTrue(atMostOnce.mayPublish("a/x", 0, true));
    assertFalse(atMostOnce.mayPublish("a/x", 1, false));
    assertTrue(atMostOnce.maySubscribe(TopicFilter.of("a/+"), 0));
    assertFalse(atMostOnce.maySubscribe(TopicFilter.of("a/+"), 1));
  }

  @Test
  void grantWithAnInvalidFilterIsRefusedWhole() {
    List<Permission> grant = List.of(rule(ALLOW, ALL, "a/#"), rule(DENY, ALL, "a/b#"));
    assertThrows(IllegalArgumentException.class, () -> Permissions.of(grant));
  }

  @Property(tries = 3000)
  void everyTopicOfAPermittedFilterIsPermitted(
      @ForAll("grants") List<Permission> grant,
      @ForAll("filters") String filter,
      @ForAll("topics") String topic) {
    TopicFilter wanted = TopicFilter.of(filter);
    Permissions permissions = Permissions.of(grant);
    if (wanted.matches(topic) && permissions.maySubscribe(wanted)) {
      assertTrue(permissions.maySubscribe(TopicFilter.of(topic)));
    }
  }

  @Property
  void publishAndSubscribeToATopicNameAgree(
      @ForAll("grants") List<Permission> grant, @ForAll("topics") String topic) {
    Permissions permissions = Permissions.of(grant);
    boolean publish = permissions.mayPublish(topic);
    assertTrue(publish == permissions.maySubscribe(TopicFilter.of(topic)));
  }

  @Provide
  Arbitrary<List<Permission>> grants() {
    return Combinators.combine(Arbitraries.of(DENY, ALLOW), filters(), Arbitraries.of(true, false))
        .as((effect, filter, literal) -> permission(effect, filter, literal))
        .list()
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<String> topics() {
    return Arbitraries.of("a", "b", "$s")
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(l -> String.join("/", l));
  }

  @Provide
  Arbitrary<String> filters() {
    return Arbitraries.of("a", "b", "$s", "+", "#")
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(l -> String.join("/", l))
        .filter(TopicFilter::isValid);
  }

  private static Permission permission(PermissionEffect effect, String filter, boolean literal) {
    return new Permission(
        effect, ALL, filter, literal && TopicFilter.isTopicName(filter), List.of(), null);
  }

  private static Permissions grant(Permission... permissions) {
    return Permissions.of(List.of(permissions));
  }

  private static Permission rule(PermissionEffect effect, PermissionAction action, String filter) {
    return new Permission(effect, action, filter, false, List.of(), null);
  }
}
