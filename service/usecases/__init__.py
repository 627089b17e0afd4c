"""One module a verb, one public function a module."""
