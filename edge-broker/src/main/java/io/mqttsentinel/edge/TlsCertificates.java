package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of the encrypted listeners. Looks at their files now and then; what cannot be
 * used changes nothing and is reported once.
 */
final class TlsCertificates {

  private static final Logger LOG = LoggerFactory.getLogger(TlsCertificates.class);

  /** Forward secret and authenticated; those of TLS 1.3 are all so. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final TlsConfig config;
  private final EdgeMetrics metrics;
  private final Clock clock;
  private final SslProvider provider;
  private final LiveSslContext live;
  private TlsFiles inUse;
  private TlsFiles lastBroken;
  private String lastComplaint;
  private volatile Map<String, HostCertificates.Identity> identities;

  private TlsCertificates(TlsConfig config, EdgeMetrics metrics, Clock clock)
      throws TlsFiles.Broken, SSLException {
    this.config = config;
    this.metrics = metrics;
    this.clock = clock;
    this.provider = provider(config.provider());
    this.inUse = TlsFiles.read(config);
    this.identities = inUse.identities();
    this.live = new LiveSslContext(context(inUse, identities));
    for (String host : identities.keySet()) {
      metrics.certificateExpiry(host, () -> daysLeft(host));
    }
  }

  /**
   * Reads the certificates.
   *
   * @throws IllegalArgumentException naming the file that cannot be used, and why
   */
  static TlsCertificates load(TlsConfig config, EdgeMetrics metrics, Clock clock) {
    config.requireCertificate();
    try {
      return new TlsCertificates(config, metrics, clock);
    } catch (TlsFiles.Broken e) {
      throw new IllegalArgumentException("configuration sentinel.edge.tls: " + e.getMessage());
    } catch (SSLException e) {
      throw new IllegalArgumentException(
          "configuration sentinel.edge.tls cannot be used: " + e.getMessage(), e);
    }
  }

  SslContext context() {
    return live;
  }

  SslProvider provider() {
    return provider;
  }

  Duration handshakeTimeout() {
    return config.handshakeTimeout();
  }

  Duration reloadInterval() {
    return config.reloadInterval();
  }

  /** Takes over what changed. Called by one thread at a time. */
  void reload() {
    TlsFiles found = null;
    try {
      found = TlsFiles.read(config);
      if (found.isSameAs(inUse)) {
        lastComplaint = null;
        return;
      }
      if (found.isSameAs(lastBroken)) {
        return;
      }
      Map<String, HostCertificates.Identity> next = found.identities();
      live.replace(context(found, next));
      inUse = found;
      identities = next;
      lastBroken = null;
      lastComplaint = null;
      metrics.certificatesReloaded("changed");
      LOG.info("New certificates: {}", summary());
    } catch (TlsFiles.Broken | SSLException | RuntimeException e) {
      lastBroken = found;
      complain(e.getMessage());
    }
  }

  private void complain(@Nullable String message) {
    if (!String.valueOf(message).equals(lastComplaint)) {
      lastComplaint = String.valueOf(message);
      metrics.certificatesReloaded("failed");
      LOG.error("The changed certificates are not used, the old ones stay: {}", message);
    }
  }

  String summary() {
    StringBuilder text = new StringBuilder();
    identities.forEach(
        (host, identity) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(host)
                .append(" until ")
                .append(identity.chain().getFirst().getNotAfter().toInstant()));
    return text.toString();
  }

  private double daysLeft(String host) {
    X509Certificate certificate = identities.get(host).chain().getFirst();
    Duration left = Duration.between(clock.instant(), certificate.getNotAfter().toInstant());
    return (double) left.toSeconds() / Duration.ofDays(1).toSeconds();
  }

  private SslContext context(TlsFiles files, Map<String, HostCertificates.Identity> hosts)
      throws TlsFiles.Broken, SSLException {
    KeyManagerFactory keys = new KeyManagerFactoryWrapper(new HostCertificates(hosts));
    if (provider == SslProvider.OPENSSL_REFCNT) {
      keys = new OpenSslCachingX509KeyManagerFactory(keys); // else each handshake reads the key
    }
    SslContextBuilder builder =
        SslContextBuilder.forServer(keys)
            .sslProvider(provider)
            .protocols(protocols())
            .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .clientAuth(clientAuth());
    X509Certificate[] authorities = files.clientAuthorities();
    if (authorities != null) {
      builder.trustManager(authorities);
    }
    return builder.build();
  }

  private List<String> protocols() {
    return config.minimumVersion().equals("1.2")
        ? List.of("TLSv1.3", "TLSv1.2")
        : List.of("TLSv1.3");
  }

  private ClientAuth clientAuth() {
    return switch (config.clientCertificates()) {
      case "required" -> ClientAuth.REQUIRE;
      case "optional" -> ClientAuth.OPTIONAL;
      default -> ClientAuth.NONE;
    };
  }

  private static SslProvider provider(String wanted) {
    if (wanted.equals("jdk")) {
      return SslProvider.JDK;
    }
    if (OpenSsl.isAvailable()) {
      return SslProvider.OPENSSL_REFCNT;
    }
    String reason = String.valueOf(OpenSsl.unavailabilityCause());
    if (wanted.equals("boringssl")) {
      throw new IllegalArgumentException(
          "configuration sentinel.edge.tls.provider is 'boringssl', expected a machine on which it"
              + " loads, or 'auto': "
              + reason);
    }
    LOG.warn(
        "BoringSSL cannot be loaded on this machine, TLS runs on the JDK's own implementation,"
            + " which needs more processor time and memory: {}",
        reason);
    return SslProvider.JDK;
  }
}
