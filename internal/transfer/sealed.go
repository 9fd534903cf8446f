package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
)

// Secrets encrypts files: they are full of phones and names.
type Secrets interface {
	Encrypt(community, purpose, plaintext string) string
	Decrypt(community, purpose, ciphertext string) (string, error)
}

// frameSize is how much of a file is encrypted at a time, and so how much is decrypted to read one byte.
const frameSize = 64 << 10

// framePurpose binds a frame to its place, so that frames can't change places.
func framePurpose(i int64) string { return "transfer.file." + strconv.FormatInt(i, 10) }

// sealer encrypts what it reads: one line for each frame.
type sealer struct {
	secrets   Secrets
	community string
	from      io.Reader
	limit     int64
	size      int64 // read so far
	head      []byte
	frames    int64
	plain     [frameSize]byte
	out       []byte
}

// headSize is how much of a file's beginning is looked at to tell its format.
const headSize = 512

func (s *sealer) Read(p []byte) (int, error) {
	if len(s.out) == 0 {
		n, err := io.ReadFull(s.from, s.plain[:])
		if n == 0 {
			return 0, err
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, err
		}
		if s.size += int64(n); s.size > s.limit {
			return 0, ErrTooLarge.With("megabytes", s.limit>>20)
		}
		if s.frames == 0 {
			s.head = bytes.Clone(s.plain[:min(n, headSize)])
		}
		s.out = append([]byte(s.secrets.Encrypt(s.community, framePurpose(s.frames), string(s.plain[:n]))), '\n')
		s.frames++
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// sealed reads a file that a sealer encrypted, from anywhere in it.
type sealed struct {
	secrets   Secrets
	community string
	file      io.ReadSeekCloser
	size      int64 // of the plain file
	length    int64 // of a whole frame's line

	mu    sync.Mutex
	at    int64 // the frame that is in plain
	plain string
}

// unseal opens an encrypted file. size is the plain one's.
func unseal(secrets Secrets, community string, file io.ReadSeekCloser, size int64) (*sealed, error) {
	s := &sealed{secrets: secrets, community: community, file: file, size: size, at: -1}
	line := make([]byte, 2*frameSize)
	n, err := io.ReadFull(file, line)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read an uploaded file: %w", err)
	}
	s.length = int64(bytes.IndexByte(line[:n], '\n') + 1)
	return s, nil
}

// ReadAt reads plain bytes.
func (s *sealed) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n < len(p) {
		if off >= s.size {
			return n, io.EOF
		}
		if err := s.load(off / frameSize); err != nil {
			return n, err
		}
		within := int(off % frameSize)
		if within >= len(s.plain) {
			return n, io.ErrUnexpectedEOF
		}
		k := copy(p[n:], s.plain[within:])
		n, off = n+k, off+int64(k)
	}
	return n, nil
}

func (s *sealed) load(frame int64) error {
	if s.at == frame {
		return nil
	}
	if _, err := s.file.Seek(frame*s.length, io.SeekStart); err != nil {
		return fmt.Errorf("read an uploaded file: %w", err)
	}
	line := make([]byte, s.length)
	n, err := io.ReadFull(s.file, line)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read an uploaded file: %w", err)
	}
	plain, err := s.secrets.Decrypt(s.community, framePurpose(frame), string(bytes.TrimSuffix(line[:n], []byte{'\n'})))
	if err != nil {
		return err
	}
	s.at, s.plain = frame, plain
	return nil
}

// all is the plain file from its beginning.
func (s *sealed) all() io.Reader { return io.NewSectionReader(s, 0, s.size) }

// Close closes the encrypted file.
func (s *sealed) Close() error { return s.file.Close() }
