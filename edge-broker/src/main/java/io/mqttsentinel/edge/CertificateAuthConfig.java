package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Client certificates, which the TLS listener has checked against {@code
 * sentinel.edge.tls.client-authorities}, as all that a client needs. Who shows none is left to the
 * next authenticator.
 *
 * @param enabled whether a certificate lets a client in
 * @param clientId what of the certificate must be the client id: common-name, alternative-name (one
 *     of them), fingerprint or any
 * @param username likewise for the user name where the client sends one
 * @param fingerprints SHA-256 in hexadecimal of the only certificates that are let in; without this
 *     key all that are signed
 */
@ConfigurationProperties("sentinel.edge.certificate")
record CertificateAuthConfig(
    @Bindable(defaultValue = "false") boolean enabled,
    @Bindable(defaultValue = "common-name") String clientId,
    @Bindable(defaultValue = "any") String username,
    @Nullable List<String> fingerprints) {

  private static final Set<String> PARTS =
      Set.of("common-name", "alternative-name", "fingerprint", "any");

  CertificateAuthConfig {
    part("sentinel.edge.certificate.client-id", clientId);
    part("sentinel.edge.certificate.username", username);
    for (String fingerprint : fingerprints == null ? List.<String>of() : fingerprints) {
      ConfigCheck.require(
          plain(fingerprint).matches("[0-9a-f]{64}"),
          "sentinel.edge.certificate.fingerprints",
          fingerprint,
          "64 hexadecimal digits, colons between them or not");
    }
  }

  private static void part(String key, String value) {
    ConfigCheck.require(PARTS.contains(value), key, value, "one of " + PARTS);
  }

  /** Null where every certificate that is signed will do. */
  @Nullable
  Set<String> known() {
    if (fingerprints == null) {
      return null;
    }
    Set<String> known = new HashSet<>();
    fingerprints.forEach(fingerprint -> known.add(plain(fingerprint)));
    return known;
  }

  private static String plain(String fingerprint) {
    return fingerprint.replace(":", "").toLowerCase(Locale.ROOT);
  }
}
