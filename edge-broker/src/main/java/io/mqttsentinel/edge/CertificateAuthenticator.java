package io.mqttsentinel.edge;

import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lets in who shows a certificate; TLS has verified it, here it is compared with the names. */
final class CertificateAuthenticator implements Authenticator {

  private static final AuthDecision UNKNOWN =
      new Deny(new Refusal(ReasonCode.NOT_AUTHORIZED, "certificate_not_known"));
  private static final AuthDecision OTHER_CLIENT =
      new Deny(new Refusal(ReasonCode.NOT_AUTHORIZED, "certificate_of_another_client"));

  private final CertificateAuthConfig config;
  private final Set<String> known;

  CertificateAuthenticator(CertificateAuthConfig config) {
    this.config = config;
    this.known = config.known();
  }

  @Override
  public String name() {
    return "certificate";
  }

  @Override
  public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
    return CompletableFuture.completedStage(decide(attempt));
  }

  private AuthDecision decide(ConnectAttempt attempt) {
    ClientCertificate certificate = attempt.certificate();
    if (certificate == null) {
      return new Ignore();
    }
    if (known != null && !known.contains(certificate.fingerprint())) {
      return UNKNOWN;
    }
    boolean clientId = names(config.clientId(), certificate, attempt.clientId());
    boolean username =
        attempt.username() == null || names(config.username(), certificate, attempt.username());
    return clientId && username ? new Allow(Grant.usual(attempt.clientId())) : OTHER_CLIENT;
  }

  private static boolean names(String part, ClientCertificate certificate, String name) {
    return switch (part) {
      case "common-name" -> name.equals(certificate.commonName());
      case "alternative-name" -> certificate.alternativeNames().contains(name);
      case "fingerprint" -> name.equals(certificate.fingerprint());
      default -> true;
    };
  }
}
