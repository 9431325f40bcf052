package io.mqttsentinel.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;

/** TCP, with TLS where the address asks for it; the certificate must name the host. */
final class SocketModule implements NetworkModule {

  private final OriginOptions options;
  private final Socket plain = new Socket();
  private Socket socket = plain;

  SocketModule(OriginOptions options) {
    this.options = options;
  }

  @Override
  public void start() throws IOException {
    OriginAddress address = options.address();
    int limit = options.getConnectionTimeout() * 1000;
    try {
      plain.connect(new InetSocketAddress(address.host(), address.port()), limit);
      plain.setTcpNoDelay(true);
      if (address.transport().tls()) {
        plain.setSoTimeout(limit);
        socket = handshake(address);
        plain.setSoTimeout(0);
      }
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return socket.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return socket.getOutputStream();
  }

  /** Closes below TLS, so that a peer that does not read cannot hold us. */
  @Override
  public void stop() throws IOException {
    plain.close();
  }

  @Override
  public String getServerURI() {
    return options.address().toString();
  }

  private Socket handshake(OriginAddress address) throws IOException {
    SSLSocket secure =
        (SSLSocket)
            options
                .tls()
                .getSocketFactory()
                .createSocket(plain, address.host(), address.port(), true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }
}
