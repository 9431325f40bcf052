package io.mqttsentinel.edge;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Signs certificates, writes them as PEM files, and trusts itself. */
final class Authority {

  static final String KEY_PASSWORD = "correct horse";

  private static final String ALTERNATIVE_NAME = "2.5.29.17";

  private final X509Bundle root;

  Authority() throws Exception {
    root =
        new CertificateBuilder()
            .subject("CN=Test Authority")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  X509Bundle server(String host) throws Exception {
    return server(host, Duration.ofDays(30));
  }

  X509Bundle server(String host, Duration validFor) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + host)
        .addExtensionOctetString(ALTERNATIVE_NAME, false, dnsName(host))
        .notAfter(Instant.now().plus(validFor))
        .ecp256()
        .buildIssuedBy(root);
  }

  /** GeneralNames with one dNSName (RFC 5280, 4.2.1.6); the builder's own takes no wildcard. */
  private static byte[] dnsName(String host) {
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(4 + name.length)
        .put((byte) 0x30)
        .put((byte) (2 + name.length))
        .put((byte) 0x82)
        .put((byte) name.length)
        .put(name)
        .array();
  }

  X509Bundle client(String commonName) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + commonName + ",O=Fleet")
        .addSanDnsName(commonName + ".fleet.example")
        .ecp256()
        .buildIssuedBy(root);
  }

  void writeRoot(Path file) throws IOException {
    replace(file, root.getCertificatePEM());
  }

  static void write(X509Bundle bundle, Path certificate, Path key) throws IOException {
    replace(certificate, bundle.getCertificatePathPEM());
    replace(key, bundle.getPrivateKeyPEM());
  }

  /** PKCS #8 encrypted with {@link #KEY_PASSWORD}. */
  static void writeEncryptedKey(X509Bundle bundle, Path key) throws Exception {
    PemObject encrypted =
        new JcaPKCS8Generator(
                bundle.getKeyPair().getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPRF(PKCS8Generator.PRF_HMACSHA256)
                    .setPassword(KEY_PASSWORD.toCharArray())
                    .build())
            .generate();
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(encrypted);
    }
    replace(key, text.toString());
  }

  /** In one step, as a file that is mounted changes. */
  static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.write(next, text.getBytes(StandardCharsets.UTF_8));
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** For clients that show no certificate. */
  SSLContext trusting() throws Exception {
    return trusting((KeyManager[]) null);
  }

  SSLContext trusting(X509Bundle shown) throws Exception {
    char[] password = {};
    KeyStore store = shown.toKeyStore(password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    return trusting(keys.getKeyManagers());
  }

  private SSLContext trusting(KeyManager[] keys) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, new TrustManager[] {root.toTrustManager()}, null);
    return context;
  }
}
