package io.mqttsentinel.benchmarks;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A TLS port of an edge for the time of a run, with a certificate made for it.
 *
 * @param broker where it listens
 * @param trust of clients: this certificate alone
 * @param settings of the edge, {@code key=value}
 */
record TlsAccess(HostPort broker, SslContext trust, List<String> settings) {

  private static final String HOST = "127.0.0.1";

  /**
   * Makes a certificate and writes it where the edge can read it.
   *
   * @throws IOException if it cannot be written
   */
  static TlsAccess create(int port) throws IOException {
    X509Bundle bundle;
    try {
      bundle =
          new CertificateBuilder()
              .subject("CN=" + HOST)
              .addSanIpAddress(HOST)
              .ecp256()
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IOException("no certificate could be made: " + e.getMessage(), e);
    }
    Path directory = Files.createTempDirectory("sentinel-bench-tls"); // for its owner only
    Path certificate = Files.writeString(directory.resolve("cert.pem"), bundle.getCertificatePEM());
    Path key = Files.writeString(directory.resolve("key.pem"), bundle.getPrivateKeyPEM());
    directory.toFile().deleteOnExit();
    certificate.toFile().deleteOnExit();
    key.toFile().deleteOnExit();
    return new TlsAccess(
        new HostPort(HOST, port),
        SslContextBuilder.forClient().trustManager(bundle.getCertificate()).build(),
        List.of(
            "sentinel.edge.tls-port=" + port,
            "sentinel.edge.tls.certificate=" + certificate,
            "sentinel.edge.tls.key=" + key));
  }
}
