package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Certificates and rules of the encrypted listeners.
 *
 * @param certificate PEM file with the certificate and its chain, for clients that name no host or
 *     one that no entry of {@code hosts} fits
 * @param key PEM file with the private key of that certificate (PKCS #8)
 * @param keyPassword of all private keys, where they are encrypted
 * @param hosts further certificates by the name that clients ask for (SNI): {@code
 *     iot.example.com=certificate.pem;key.pem}, several separated by commas; {@code *.example.com}
 *     stands for one level, an exact name comes first
 * @param clientCertificates {@code none}, {@code optional} or {@code required}
 * @param clientAuthorities PEM file with the authorities whose client certificates are believed
 * @param minimumVersion {@code 1.3}, or {@code 1.2} for old clients
 * @param provider {@code auto}: BoringSSL, or the JDK's own with a warning where it cannot be
 *     loaded; {@code boringssl} or {@code jdk}: that one only
 * @param reloadInterval how often the files are looked at; changed ones count for new connections
 * @param handshakeTimeout after which a handshake is given up; at most 10 s
 */
@ConfigurationProperties("sentinel.edge.tls")
record TlsConfig(
    @Nullable String certificate,
    @Nullable String key,
    @Nullable String keyPassword,
    @Nullable List<String> hosts,
    @Bindable(defaultValue = "none") String clientCertificates,
    @Nullable String clientAuthorities,
    @Bindable(defaultValue = "1.3") String minimumVersion,
    @Bindable(defaultValue = "auto") String provider,
    @Bindable(defaultValue = "5s") Duration reloadInterval,
    @Bindable(defaultValue = "10s") Duration handshakeTimeout) {

  private static final Set<String> CLIENT_CERTIFICATES = Set.of("none", "optional", "required");
  private static final Set<String> VERSIONS = Set.of("1.3", "1.2");
  private static final Set<String> PROVIDERS = Set.of("auto", "boringssl", "jdk");
  private static final Duration LONGEST_HANDSHAKE = Duration.ofSeconds(10); // Netty's own limit

  TlsConfig {
    hosts = hosts == null ? List.of() : List.copyOf(hosts);
    hosts.forEach(HostFiles::parse);
    oneOf("client-certificates", clientCertificates, CLIENT_CERTIFICATES);
    ConfigCheck.require(
        clientCertificates.equals("none") || clientAuthorities != null,
        "sentinel.edge.tls.client-authorities",
        clientAuthorities,
        "a PEM file, because sentinel.edge.tls.client-certificates is " + clientCertificates);
    oneOf("minimum-version", minimumVersion, VERSIONS);
    oneOf("provider", provider, PROVIDERS);
    ConfigCheck.positive("sentinel.edge.tls.reload-interval", reloadInterval);
    ConfigCheck.between(
        "sentinel.edge.tls.handshake-timeout (ms)",
        handshakeTimeout.toMillis(),
        1,
        LONGEST_HANDSHAKE.toMillis());
  }

  /** What an encrypted listener cannot do without. */
  void requireCertificate() {
    ConfigCheck.require(
        certificate != null,
        "sentinel.edge.tls.certificate",
        null,
        "a PEM file, because a TLS port is set");
    ConfigCheck.require(
        key != null, "sentinel.edge.tls.key", null, "a PEM file, because a TLS port is set");
  }

  List<HostFiles> hostFiles() {
    return hosts.stream().map(HostFiles::parse).toList();
  }

  private static void oneOf(String key, String value, Set<String> expected) {
    ConfigCheck.require(
        expected.contains(value),
        "sentinel.edge.tls." + key,
        value,
        "one of " + expected.stream().sorted().toList());
  }

  @Override
  public String toString() {
    return "TlsConfig[certificate=%s, hosts=%s]".formatted(certificate, hosts);
  }
}
