package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CertificateAuthenticatorTest {

  private static final String FINGERPRINT = "ab".repeat(32);
  private static final ClientCertificate CERTIFICATE =
      new ClientCertificate("CN=dev-1,O=Fleet", "dev-1", List.of("alt-1", "alt-2"), FINGERPRINT);

  @Test
  void namesMustBeThoseOfTheCertificate() {
    var byCommonName = authenticator("common-name", "any", null);
    assertInstanceOf(Allow.class, ask(byCommonName, "dev-1", "whoever"));
    assertDenied("certificate_of_another_client", ask(byCommonName, "dev-2", null));
    var byAlternative = authenticator("alternative-name", "common-name", null);
    assertInstanceOf(Allow.class, ask(byAlternative, "alt-2", "dev-1"));
    assertInstanceOf(Allow.class, ask(byAlternative, "alt-2", null));
    assertDenied("certificate_of_another_client", ask(byAlternative, "alt-2", "other"));
    assertDenied("certificate_of_another_client", ask(byAlternative, "dev-1", null));
    assertInstanceOf(Allow.class, ask(authenticator("any", "any", null), "x", "y"));
    assertInstanceOf(
        Allow.class, ask(authenticator("fingerprint", "any", null), FINGERPRINT, null));
  }

  @Test
  void onlyTheCertificatesThatAreNamed() {
    String written = FINGERPRINT.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
    assertInstanceOf(
        Allow.class, ask(authenticator("common-name", "any", List.of(written)), "dev-1", null));
    assertDenied(
        "certificate_not_known",
        ask(authenticator("common-name", "any", List.of("00".repeat(32))), "dev-1", null));
    assertDenied(
        "certificate_not_known",
        ask(authenticator("common-name", "any", List.of()), "dev-1", null));
  }

  @Test
  void whoShowsNoneIsForOthersToDecide() {
    assertEquals(
        new Ignore(false),
        authenticator("any", "any", null)
            .authenticate(Attempts.of("dev-1", "u", "p"))
            .toCompletableFuture()
            .join());
  }

  private static void assertDenied(String cause, AuthDecision decision) {
    assertEquals(cause, assertInstanceOf(Deny.class, decision).refusal().cause());
  }

  private static CertificateAuthenticator authenticator(
      String clientId, String username, List<String> fingerprints) {
    return new CertificateAuthenticator(
        new CertificateAuthConfig(true, clientId, username, fingerprints));
  }

  private static AuthDecision ask(
      CertificateAuthenticator authenticator, String clientId, String username) {
    return authenticator
        .authenticate(
            new ConnectAttempt(clientId, username, null, "192.0.2.1:1", CERTIFICATE, Listener.TLS))
        .toCompletableFuture()
        .join();
  }
}
